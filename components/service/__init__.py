"""Stateless applications in replicas: the autoscaling group."""

from components.service.contract import HealthCheck, Service, ServiceArgs, Size
from components.service.scaling import Capacity, ScalingPolicy, ScheduledMinimum

__all__ = [
    "Capacity",
    "HealthCheck",
    "ScalingPolicy",
    "ScheduledMinimum",
    "Service",
    "ServiceArgs",
    "Size",
]
