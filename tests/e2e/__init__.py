"""The whole service through its public interfaces: one stack for all of these tests, which ends with the last of them."""
