"""Does a staged plan hold?"""
