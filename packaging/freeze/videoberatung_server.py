"""Where the packed server begins."""

import sys

import children

from app.server.__main__ import main

children.see_the_system()
sys.exit(main())
