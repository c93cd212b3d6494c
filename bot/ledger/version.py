"""The version of the tables that this program works with: the newest migration's."""

VERSION = "0003"
