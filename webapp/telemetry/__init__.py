"""What the operator sees of the portal: logs without secrets, request ids, metrics."""
