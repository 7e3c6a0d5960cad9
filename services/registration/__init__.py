"""The edge: takes what the outside world tells, once, and puts it on the log; judges nothing."""
