#error ::error::owned
