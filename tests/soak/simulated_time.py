# SPDX-License-Identifier: Apache-2.0
"""Time that passes faster: the server's (WEIR_FAULT_CLOCK_*) and ours are the same function of the machine's."""

import time


class SimulatedTime:
    def __init__(self, rate):
        self.rate, self.since = rate, time.time_ns()

    def environment(self):
        return {"WEIR_FAULT_CLOCK_RATE": str(self.rate), "WEIR_FAULT_CLOCK_FROM": str(self.since)}

    def now_ns(self):
        return self.since + (time.time_ns() - self.since) * self.rate

    def passed_seconds(self):
        return (self.now_ns() - self.since) / 1e9
