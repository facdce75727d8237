"""Who drives where and when: everyday trips, flight, given trips."""
