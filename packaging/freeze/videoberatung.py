"""Where the packed program begins."""

import sys

import children

from app.__main__ import main

children.see_the_system()
sys.exit(main())
