"""What commands share: progress, rebuilds, recomputation, figures."""
