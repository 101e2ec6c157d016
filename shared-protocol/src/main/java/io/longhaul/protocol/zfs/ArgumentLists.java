package io.longhaul.protocol.zfs;

import java.util.ArrayList;
import java.util.List;

/** Cuts a long list of names into lists that each fit into one command, also one of a shell. */
final class ArgumentLists {
  /* Linux takes 128 KiB as one argument, which a whole command is to a remote shell. */
  private static final int MOST_CHARS = 100_000;

  private ArgumentLists() {}

  static List<List<String>> of(List<?> names) {
    var lists = new ArrayList<List<String>>();
    var list = new ArrayList<String>();
    int chars = 0;
    for (Object name : names) {
      String text = name.toString();
      if (chars + text.length() > MOST_CHARS) {
        lists.add(List.copyOf(list));
        list.clear();
        chars = 0;
      }
      list.add(text);
      chars += text.length() + 1;
    }
    if (!list.isEmpty()) {
      lists.add(List.copyOf(list));
    }
    return lists;
  }
}
