package dev.withal.leases.zookeeper;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The names of nodes.
 *
 * <p>Design: ZooKeeper counts the nodes of a folder by an int, which goes on below zero after two
 * billion; so places in the queue are compared by their distance.
 */
final class NodeNames {
  static final String PREFIX = "lease-";

  private NodeNames() {}

  /** {@return the name of the folder of a lease: one for each name, without slashes} */
  static String folder(String name) {
    var folder = new StringBuilder();
    for (byte unit : name.getBytes(StandardCharsets.UTF_8)) {
      char letter = (char) (unit & 0xFF);
      if (letter < 128 && (Character.isLetterOrDigit(letter) || letter == '_' || letter == '-')) {
        folder.append(letter);
      } else {
        folder.append('%').append("%02X".formatted((int) letter));
      }
    }
    return folder.toString();
  }

  /** {@return the nodes of those that wait, the holder first} */
  static List<String> queue(List<String> nodes) {
    return nodes.stream()
        .filter(node -> node.contains(PREFIX))
        .sorted((one, other) -> Integer.compare(place(one) - place(other), 0))
        .toList();
  }

  private static int place(String node) {
    return Integer.parseInt(node.substring(node.lastIndexOf(PREFIX) + PREFIX.length()));
  }
}
