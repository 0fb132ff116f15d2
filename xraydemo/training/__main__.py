"""The training process: ``python -m xraydemo.training CSV --out DIR --max-minutes N``.

Its own process, so that the command line and the window never load torch.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from xraydemo.errors import XrayDemoError
from xraydemo.training.recipe import RECIPES
from xraydemo.training.train import train

INTERRUPTED = 130  # what shells give for it


def main() -> int:
    """Train, and print where the bundle is and what was measured."""
    parser = argparse.ArgumentParser(prog="python -m xraydemo.training")
    parser.add_argument("csv", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--max-minutes", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--start", type=Path, help="a bundle whose weights to begin with")
    parser.add_argument("--recipe", choices=RECIPES, default="honest")
    arguments = parser.parse_args()
    recipe, how = RECIPES[arguments.recipe]

    console = Console(stderr=True, highlight=False)
    columns = (
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("starting", total=1.0)

        def progress(share: float, sentence: str) -> None:
            if sentence.endswith("\n"):
                console.print(sentence.rstrip(), soft_wrap=True)
            else:
                bar.update(task, completed=share, description=sentence)

        try:
            card = train(
                arguments.csv,
                arguments.out,
                max_minutes=arguments.max_minutes,
                recipe=recipe,
                how=how,
                start=arguments.start,
                seed=arguments.seed,
                progress=progress,
            )
        except XrayDemoError as error:
            bar.stop()
            print(error, file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            bar.stop()
            print("It was interrupted before there was a whole model.", file=sys.stderr)
            return INTERRUPTED

    print(f"{arguments.out}: {card.name}, {card.provenance.training['stopped']}")
    for name, figure in card.metrics["calibrate"].items():
        words = name.replace("_", " ")
        value, low, high = figure["value"], figure["low"], figure["high"]
        print(f"  {words}: {value:.3f} [{low:.3f}, {high:.3f}], n = {figure['n']}")
    print(f"  certificate: {card.certificate}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
