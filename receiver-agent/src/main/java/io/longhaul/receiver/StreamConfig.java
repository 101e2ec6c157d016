package io.longhaul.receiver;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A named stream of the receiver-agent's configuration: where its bytes go.
 *
 * @param command the sink, as an argument list; the stream is its stdin
 * @param environment variables for it
 */
public record StreamConfig(List<String> command, Optional<Map<String, String>> environment) {}
