// The document as AsyncAPI's own parser reads it: how many messages, and what is wrong with it.
import {readFileSync} from "node:fs";
import {Parser} from "@asyncapi/parser";

const {document, diagnostics} = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const faults = diagnostics.filter((one) => one.severity <= 1).map((one) => `${one.path.join(".")}: ${one.message}`);
console.log(JSON.stringify({messages: document ? document.allMessages().length : 0, faults}));
