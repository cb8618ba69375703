/** Runs direct-style and stage-style code on virtual threads whose order a seed decides. */
package dev.withal.stress.sched;
