"""How often the confounder checks find a planted shortcut, and how often they cry wolf."""
