"""What every page shares: access, errors, headers, sessions, rendering, forms, lists."""
