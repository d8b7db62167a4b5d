// What Learning Locker's own validation finds wrong with each statement in a file.
import {readFileSync} from "node:fs";
import validation from "@learninglocker/xapi-validation";

const statements = JSON.parse(readFileSync(process.argv[2], "utf8"));
const found = statements.flatMap((one) => validation.default(one));
console.log(JSON.stringify(found.map((warning) => `${warning.constructor.name} at ${warning.path.join(".")}`)));
