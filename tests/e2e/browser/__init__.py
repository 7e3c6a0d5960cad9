"""The console in a browser, which is closed after the last of these tests."""
