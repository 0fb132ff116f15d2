"""Tables of files: which X-rays, with which label, group and split."""
