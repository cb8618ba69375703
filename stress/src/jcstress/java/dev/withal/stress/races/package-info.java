/** Races of two threads over one use, one exit stack or one generator, run by jcstress. */
package dev.withal.stress.races;
