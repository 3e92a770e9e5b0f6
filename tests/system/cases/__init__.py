# SPDX-License-Identifier: Apache-2.0
"""The cases: a module is a group, a function with @case is a case, its name is a sentence about behaviour."""
