"""Where the packed program begins."""

import sys

import children
import staying

from app.__main__ import main

children.see_the_system()
staying.outlive_update()
sys.exit(main())
