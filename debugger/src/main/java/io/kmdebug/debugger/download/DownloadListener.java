package io.kmdebug.debugger.download;

/** Told how downloads come on, from whatever thread one runs in. */
public interface DownloadListener {
    /**
     * At its beginning and a few times a second.
     *
     * @param title what comes from where
     * @param done bytes that are there
     * @param total bytes that will be; -1 when the server does not say
     */
    void downloading(String title, long done, long total);

    /** The end of one that began, whatever became of it. */
    void downloaded(String title, long bytes);
}
