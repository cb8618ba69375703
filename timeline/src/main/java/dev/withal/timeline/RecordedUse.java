package dev.withal.timeline;

/**
 * One use of a recording; times in microseconds.
 *
 * @param id its id
 * @param parent the id of the one that it began in; 0 if there is none, or nobody knows
 * @param manager the name
 * @param where the line; empty if nobody knows
 * @param thread the name of the thread that entered it; empty if nobody knows
 * @param outcome how it ended, and by which error, or how it was seen last
 * @param start when its enter began, since the epoch
 * @param enter how long that took
 * @param body how long its body took
 * @param exit how long its exit took
 */
public record RecordedUse(
    long id,
    long parent,
    String manager,
    String where,
    String thread,
    String outcome,
    long start,
    long enter,
    long body,
    long exit) {

  long duration() {
    return enter + body + exit;
  }

  long end() {
    return start + duration();
  }
}
