"""Everything a counsellor does with one appointment: note it, phone, invite, watch, move, close it. One door: `windows.AppointmentWindows`."""
