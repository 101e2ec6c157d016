package io.longhaul.protocol.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.JsonFault;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/*
 * Jackson takes the values of a record before it looks at keys that are left over, so it reports a
 * misspelt key as the missing one, and the line after it. Hence the second look through YamlLines.
 * Its exceptions quote the file, secrets that stand there by mistake too. Hence they are no causes here.
 */

/**
 * Reads a YAML configuration file strictly into a record. Keys are the record's component names in
 * kebab case; an unknown key, a repeated key, a missing value or a null is an error that names
 * file, line and key.
 */
public final class ConfigFile {
  private static final KebabCaseStrategy KEBAB_CASE = KebabCaseStrategy.INSTANCE;
  private static final YAMLMapper YAML =
      Json.strictly(YAMLMapper.builder())
          .addModule(new Jdk8Module())
          .propertyNamingStrategy(KEBAB_CASE)
          .build();

  private ConfigFile() {}

  /** A configuration that can tell what is wrong with its own values. */
  public interface Checked {
    /** Returns every fault, each as {@code key: what is wrong}; empty if there is none. */
    List<String> problems();
  }

  /**
   * Reads and checks a file.
   *
   * @throws ConfigException if it cannot be read, or is not what it should be
   */
  public static <T extends Checked> T read(Path path, Class<T> type) throws ConfigException {
    byte[] text = text(path);
    T config;
    try {
      YamlLines lines = YamlLines.of(YAML.getFactory(), text);
      if (lines.isEmpty()) {
        throw new ConfigException(path + ": the file is empty", null);
      }
      config = bind(path, text, lines, type);
    } catch (JacksonException e) {
      throw new ConfigException(broken(path, e), null);
    } catch (IOException e) {
      throw new ConfigException("Tried to read " + path + " but " + e, e);
    }
    List<String> problems = config.problems();
    if (!problems.isEmpty()) {
      throw new ConfigException(
          problems.stream().map(p -> path + ": " + p).collect(Collectors.joining("\n")), null);
    }
    return config;
  }

  private static byte[] text(Path path) throws ConfigException {
    try {
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw new ConfigException("Tried to read " + path + " but there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new ConfigException("Tried to read " + path + " but its mode does not allow it", e);
    } catch (IOException e) {
      throw new ConfigException("Tried to read " + path + " but " + e, e);
    }
  }

  private static <T> T bind(Path path, byte[] text, YamlLines lines, Class<T> type)
      throws ConfigException, IOException {
    try {
      return YAML.readValue(text, type);
    } catch (JsonMappingException e) {
      JsonPointer at = JsonFault.pointer(e);
      if (!lines.has(at)
          && e.getPath().getLast().getFrom() instanceof Class<?> record
          && record.isRecord()) {
        List<String> known = keys(record);
        for (JsonPointer key : lines.within(at.head())) {
          if (!known.contains(key.last().getMatchingProperty())) {
            String fault = JsonFault.name(key) + ": " + JsonFault.unknownKey(known);
            throw new ConfigException(path + ":" + lines.at(key) + ": " + fault, null);
          }
        }
      }
      JsonFault fault = JsonFault.of(e);
      String line = at.matches() ? "" : ":" + lines.at(at);
      throw new ConfigException(
          path + line + ": " + (fault.key().isEmpty() ? "the file: " : "") + fault, null);
    }
  }

  private static List<String> keys(Class<?> record) {
    return Arrays.stream(record.getRecordComponents())
        .map(component -> KEBAB_CASE.translate(component.getName()))
        .toList();
  }

  private static String broken(Path path, JacksonException e) {
    JsonFault fault = JsonFault.of(e);
    String line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
    return path + line + ": " + (fault.syntax() ? "this is not YAML: " : "") + fault;
  }
}
