/** Random trees of uses in virtual time, compared with a model of what must happen. */
package dev.withal.stress.trees;
