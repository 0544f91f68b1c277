// What a file in commands/ exports.

export interface Command {
  /** Usage lines for the help, without the program's name. */
  readonly usage: string;
  /** It has words of its own with options of their own, and answers --help itself. */
  readonly helps?: true;
  /**
   * Runs with the words after the command's name and answers the exit status; undefined = it goes on running.
   * Throws KioskFailure with a message that says which word or file is wrong and what to do.
   */
  run(words: readonly string[]): Promise<number | undefined>;
}
