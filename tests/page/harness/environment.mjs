// SPDX-License-Identifier: Apache-2.0
// Where things are.

import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const HERE = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const REPOSITORY = resolve(HERE, "../..");
export const OUTPUT = join(REPOSITORY, "build", "tests-output", "page");
export const BINARY = process.env.WEIR_BINARY ?? join(REPOSITORY, "build", "weir");
export const python = (environment) => join(process.env[environment], "bin", "python");

/// The node packages lie in the cache, not beside the tests.
export const requirePackage = createRequire(join(process.env.WEIR_PAGE_MODULES, "package.json"));
