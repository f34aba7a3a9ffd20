// Prints at the end of a run which tests were omitted, and why.

import { LEFT_OUT } from "./needs.js";

export default function setup(): () => void {
  return () => {
    for (const line of LEFT_OUT) console.log(`Left out: ${line}`);
  };
}
