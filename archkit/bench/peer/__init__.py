"""The programs that the load generator is measured against."""
