/** Groups of tasks that live in a context. */
package dev.withal.tasks;
