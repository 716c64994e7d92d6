-- What processes on one database tell each other: a change moves the version of its row on.
-- origin is the process that changed it last, run the version at which its changes in a row
-- began, xact the transaction: by it those of late are found.
CREATE TABLE news (
    tenant bigint NOT NULL,
    kind bigint NOT NULL,
    version bigint NOT NULL,
    run bigint NOT NULL,
    origin text NOT NULL,
    xact bigint NOT NULL,
    PRIMARY KEY (tenant, kind)
) WITHOUT ROWID;
CREATE INDEX news_xact ON news (xact);
