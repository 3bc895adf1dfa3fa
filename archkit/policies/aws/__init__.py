"""Policies over AWS resources, a module for each service."""
