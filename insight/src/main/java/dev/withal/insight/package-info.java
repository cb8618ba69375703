/** Shows the contexts that a running program holds, and those that have leaked. */
package dev.withal.insight;
