package io.longhaul.packaging.site;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configuration file of one program, as an operator would write it. */
public final class SiteConfig {
  private static final YAMLMapper YAML = new YAMLMapper();

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final List<Map<String, Object>> grants = new ArrayList<>();

  /** Sets a value; {@code keys} leads to it from the top of the file. */
  public SiteConfig set(Object value, String... keys) {
    Map<String, Object> at = values;
    for (int i = 0; i < keys.length - 1; i++) {
      at = section(at, keys[i]);
    }
    at.put(keys[keys.length - 1], value);
    return this;
  }

  /** Defines a named stream. */
  public SiteConfig stream(String name, List<String> command) {
    return set(command, "streams", name, "command");
  }

  /** Grants an identity all that these sections name, now and later. */
  public SiteConfig grant(String identity, String... sections) {
    Map<String, Object> grant = new LinkedHashMap<>();
    grant.put("identity", identity);
    for (String section : sections) {
      grant.put(section, section(values, section).keySet());
    }
    grants.add(grant);
    return set(grants, "grants");
  }

  @SuppressWarnings("unchecked") // only set() puts maps in
  private static Map<String, Object> section(Map<String, Object> at, String key) {
    return (Map<String, Object>) at.computeIfAbsent(key, _ -> new LinkedHashMap<String, Object>());
  }

  /** Writes the file and returns its path. */
  public Path write(Path file) throws IOException {
    Files.writeString(file, YAML.writeValueAsString(values));
    return file;
  }
}
