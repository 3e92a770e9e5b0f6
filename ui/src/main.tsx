// SPDX-License-Identifier: Apache-2.0
import { render } from "preact";
import { App } from "./app.tsx";
import { applyScheme, savedScheme } from "./scheme.ts";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/trace.css";
import "./styles/views.css";

applyScheme(savedScheme());
render(<App />, document.getElementById("page")!);
