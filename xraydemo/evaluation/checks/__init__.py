"""One file a check; `xraydemo.evaluation.check.all_checks` finds them."""
