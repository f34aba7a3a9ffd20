// The accounts of a page. Those of the interpreter's start come first. The program has its own accounts, even for the
// same stacks. So what the program added can be told from what was there before, at every moment.
//
//   number   0 ... start - 1        start ... length - 1
//            born in the start      born in the program

import { Accounts } from "../trace/accounts.js";

export class EraAccounts {
  #before: Accounts | undefined;
  #own = new Accounts();
  #start = 0;

  /** The number of accounts of the start; 0 if the recording begins with the program. */
  get start(): number {
    return this.#start;
  }

  get length(): number {
    return this.#start + this.#own.length;
  }

  /** Makes all further accounts the program's. Called once. */
  beginProgram(): void {
    this.#before = this.#own;
    this.#start = this.#own.length;
    this.#own = new Accounts();
  }

  /** The number of the account of a stack, a domain and a size. */
  of(node: number, tag: number, size: number): number {
    return this.#start + this.#own.of(node, tag, size);
  }

  /** Like `of`, by domain and size class. */
  ofClass(node: number, domain: number, sizeClass: number): number {
    return this.#start + this.#own.ofClass(node, domain, sizeClass);
  }

  node(account: number): number {
    return this.#ask(account, (accounts, k) => accounts.nodes.at(k));
  }

  domain(account: number): number {
    return this.#ask(account, (accounts, k) => accounts.domain(k));
  }

  sizeClass(account: number): number {
    return this.#ask(account, (accounts, k) => accounts.sizeClass(k));
  }

  #ask(account: number, what: (accounts: Accounts, k: number) => number): number {
    return this.#before && account < this.#start ? what(this.#before, account) : what(this.#own, account - this.#start);
  }
}
