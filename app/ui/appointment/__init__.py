"""Everything a counsellor does with one appointment, from the phone call to the outcome. One door: `windows.AppointmentWindows`."""
