import type { Clock } from './clock';

export interface Job {
  id: string;
  runAt?: number;
}

enum Level {
  Low = 1,
  High,
}

export class Queue<T extends Job> {
  private jobs: T[] = [];

  constructor(private readonly clock: Clock, readonly level: Level = Level.Low) {}

  push(job: T): void {
    this.jobs.push(job);
    this.jobs.sort((a, b) => (a.runAt ?? 0) - (b.runAt ?? 0));
  }

  // Takes the first job that is due.
  next(): T | undefined {
    const now = this.clock.now();
    if (this.jobs.length === 0 || (this.jobs[0].runAt ?? 0) > now) return undefined;
    return this.jobs.shift() as T;
  }
}
