"""The four classes: their ids, in the order used everywhere, and how they are shown.

They are names of data sets, not exclusive diagnoses: covid is a pneumonia and shows as opacity.
"""

CLASSES = ("normal", "covid", "pneumonia", "opacity")

DISPLAY_NAMES = {
    "normal": "Normal",
    "covid": "COVID-19",
    "pneumonia": "Pneumonia",
    "opacity": "Lung opacity",
}

DISCLAIMER = "For research and teaching only. Never for care."
