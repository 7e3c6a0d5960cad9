"""The worker that delivers events to webhook endpoints: a cursor per endpoint, and what is sent again beside it."""
