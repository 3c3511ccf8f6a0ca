"""Where the packed server begins."""

import sys

import children
import staying

from app.server.__main__ import main

children.see_the_system()
staying.outlive_update()
sys.exit(main())
