"""The whole service through its public interfaces: one stack for these tests, which ends with the last of them."""
