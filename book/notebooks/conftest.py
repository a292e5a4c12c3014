"""nbval runs the reference notebooks as they were made."""

import os

from book.notebooks import ENVIRONMENT

os.environ.update(ENVIRONMENT)
