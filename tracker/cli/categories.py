"""`flask load-categories`: the shipped list of categories, for a start without demo data."""

import click
from flask.cli import with_appcontext

from tracker.cases.record.categories.service import seed_categories
from tracker.core import clock
from tracker.core.database import committed


@click.command("load-categories", help="装入随程序提供的内容分类（两级）；已有分类的不动。可以反复运行。")
@click.help_option(help="显示本说明。")
@with_appcontext
def load_categories() -> None:
    """Enter the shipped categories where there are none."""
    with committed():
        count = seed_categories(now=clock.now())
    click.echo(f"已装入 {count} 个内容分类。" if count else "已有内容分类，没有改动。")
