// SPDX-License-Identifier: Apache-2.0
#pragma once
// XXH3 by the widest instructions that this machine has; the library by itself keeps to those that
// every x86-64 has. The hashes are the same.

#if defined(__x86_64__)
#include <xxh_x86dispatch.h>
#else
#include <xxhash.h>
#endif
