"""Emergency access 紧急查阅: one case, some hours, alert, audit, review by another person."""
