package io.kmdebug.rsp;

import java.util.HashMap;
import java.util.Map;

/**
 * Goes through the start tags and texts of the small XML documents that stubs send (target descriptions, thread
 * lists). Knows comments, declarations, CDATA-free text and the predefined entities, which is all that they use; a
 * general parser would cost more start time than the rest of a connection.
 */
final class XmlScanner {
    private final String xml;
    private int position;
    private String name = "";
    private String text = "";
    private final Map<String, String> attributes = new HashMap<>();

    XmlScanner(String xml) {
        this.xml = xml;
    }

    /** Goes to the next start tag. Returns whether there was one. */
    boolean next() {
        while (true) {
            int open = xml.indexOf('<', position);
            if (open < 0) return false;
            if (xml.startsWith("<!--", open)) {
                position = after("-->", open);
            } else if (xml.startsWith("<?", open) || xml.startsWith("<!", open) || xml.startsWith("</", open)) {
                position = after(">", open);
            } else {
                position = open + 1;
                tag();
                return true;
            }
        }
    }

    /** Element name with its prefix. */
    String name() {
        return name;
    }

    /** The attribute's value, or the empty string. */
    String attribute(String attribute) {
        return attributes.getOrDefault(attribute, "");
    }

    /** The text between this start tag and the next tag of any kind, trimmed. */
    String text() {
        return text;
    }

    private void tag() {
        attributes.clear();
        name = word();
        while (true) {
            skipSpace();
            if (position >= xml.length()) break;
            char c = xml.charAt(position);
            if (c == '>' || c == '/') {
                position = after(">", position);
                break;
            }
            String attribute = word();
            skipSpace();
            if (attribute.isEmpty() || position >= xml.length() || xml.charAt(position) != '=') {
                position = after(">", position);
                break;
            }
            position++;
            skipSpace();
            attributes.put(attribute, quoted());
        }
        int end = xml.indexOf('<', position);
        text = unescape(xml.substring(position, end < 0 ? xml.length() : end)).trim();
    }

    private String quoted() {
        if (position >= xml.length()) return "";
        char quote = xml.charAt(position);
        int end = xml.indexOf(quote, position + 1);
        if (end < 0) end = xml.length();
        String value = xml.substring(Math.min(position + 1, end), end);
        position = Math.min(end + 1, xml.length());
        return unescape(value);
    }

    private String word() {
        int start = position;
        while (position < xml.length() && " \t\r\n=/>".indexOf(xml.charAt(position)) < 0) position++;
        return xml.substring(start, position);
    }

    private void skipSpace() {
        while (position < xml.length() && Character.isWhitespace(xml.charAt(position))) position++;
    }

    private int after(String end, int from) {
        int at = xml.indexOf(end, from);
        return at < 0 ? xml.length() : at + end.length();
    }

    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&apos;");
                default -> out.append(c < 0x20 ? '?' : c); // control characters are not XML 1.0 characters at all
            }
        }
        return out.toString();
    }

    private static String unescape(String text) {
        if (text.indexOf('&') < 0) return text;
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&apos;", "'")
                .replace("&amp;", "&");
    }
}
